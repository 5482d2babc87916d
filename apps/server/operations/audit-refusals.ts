import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const auditRefusals = {
  NOT_IN_TREE_YET: {
    rule: null,
    status: 409,
    title: 'The tree over the log has not come so far',
    help: 'Events are entered within seconds, after a restart or an import as fast as the log is read. Ask again, or for a smaller size.',
  },
  TREE_DAMAGED: {
    rule: null,
    status: 503,
    title: 'A part of the tree over the log was lost',
    help: 'It follows from the log and is built anew, which begins with the next event or start. Ask again then; if its root differs from a head that was signed before, verify an export against the heads file.',
  },
  TREE_SIZES_INVALID: {
    rule: null,
    status: 422,
    title: 'There is no proof between these sizes',
    help: 'The smaller tree comes first: from is at least 1 and at most to. A tree that holds an event has more leaves than its index.',
  },
  RECEIPT_UNUSABLE: {
    rule: null,
    status: 422,
    title: 'This receipt cannot be replayed here',
    help: 'Send the whole `receipt` of an answer, unchanged, to the installation that gave it. After an import into another store its log has other positions, and earlier receipts prove by their signature alone.',
  },
  HISTORY_CHANGED: {
    rule: 'R92',
    status: 500,
    title: 'The log does not hold what was entered into the tree',
    help: 'One of the two was changed outside Seatledger, or the disk is broken. Stop, keep everything as it is, export, and verify the export against the heads file.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(auditRefusals);
