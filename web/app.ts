import { byId } from './dom';
import { showEvents } from './event-list';
import { startExport } from './export';
import { startFilterBar } from './filter-bar';
import { currentFilters, onFilters, startRouting } from './state';
import { startThemeButton } from './theme-button';

startThemeButton(byId('theme'));
startFilterBar();
startExport();
onFilters(showEvents);
startRouting(currentFilters());
