/** Language of `catalog.json` itself. */
export const CATALOG_LANGUAGE = "en";
