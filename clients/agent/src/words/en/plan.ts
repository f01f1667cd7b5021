// The desk as text, and what taking one over changes.
export default {
  hint: "Categories, forms, processes, rules, targets, brands and the rest as one text: take it out, review it, compare it, take it over. All of it or nothing; people, players and keys are not in it.",
  export: "Export",
  upload: "Choose a file",
  text: "The text (YAML)",
  prune: "Take out of use what the text does not mention",
  pruneHint: "Otherwise it stays as it is.",
  look: "Show what would change",
  carryOut: "Import",
  done: "Imported",
  sum: "{n} to change, {same} as they are",
  line: "line {n}",
  nothing: "nothing",
  what: { add: "New", change: "Changed", retire: "Out of use" },
  kinds: { brand: "Brand", queue: "Queue", department: "Department", team: "Team", role: "Role", category: "Category", form: "Form", process: "Process", rule: "Rule", calendar: "Calendar", service_level: "Service level", tier_model: "Tiers", service: "Tier service", segment: "Segment", tag: "Tag" },
};
