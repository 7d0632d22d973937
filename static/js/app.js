// What every page does beyond its HTML.
