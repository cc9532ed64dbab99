import { byId } from './dom';
import { startExport } from './export';
import { startFilterBar } from './filter-bar';
import { show, startLive } from './live';
import { showSingleEvent } from './single-event';
import { currentFilters, onFilters, startRouting } from './state';
import { startThemeButton } from './theme-button';

startThemeButton(byId('theme'));
startFilterBar();
startExport();
startLive();
onFilters(() => void showSingleEvent());
onFilters((filters) => void show(filters));
startRouting(currentFilters());
