export const rebuildsTable = 'rebuilds';
export const rebuiltViewsTable = 'rebuilt-views';
export const verifiedTable = 'verified-views';
export const verifyTurnsTable = 'verify-turns';

/** They tell of views that lie beside the log, and mean nothing without them: neither exports nor cut logs have them. */
export const tablesOfViews: ReadonlySet<string> = new Set([
  rebuildsTable,
  rebuiltViewsTable,
  verifiedTable,
  verifyTurnsTable,
]);
