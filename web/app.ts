import { byId } from './dom';
import { showEvents } from './event-list';
import { startExport } from './export';
import { startFilterBar } from './filter-bar';
import { showOverview } from './overview';
import { showSingleEvent } from './single-event';
import { currentFilters, onFilters, startRouting } from './state';
import { startThemeButton } from './theme-button';

startThemeButton(byId('theme'));
startFilterBar();
startExport();
onFilters(() => void showSingleEvent());
// The list first: it is what one waits for, and the counts ask for more.
onFilters((filters) => {
  void showEvents(filters).then(() => showOverview(filters));
});
startRouting(currentFilters());
