// Accounts that may be one person.
export default {
  about: "These accounts share a contact that their games have verified, so they may be one player. Compare before you decide: a merge can be taken back at any time, and a pair kept apart is not suggested again.",
  because: "In common: {kinds}",
  and: " and ",
  compare: "Compare and merge",
  part: "Not the same",
  partHint: "These two will not be suggested again.",
  reason: "Reason (optional, kept in the audit log)",
  parted: "“{one}” and “{other}” are kept as two players",
  apart: "Kept apart",
  apartBy: "{who} · {when}",
  again: "Decide again",
  restored: "“{one}” and “{other}” are to be decided again",
  undo: "Undo",
  none: "Nothing to decide. Pairs appear here when games report the same contact for two accounts.",
};
