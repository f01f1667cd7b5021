// Tags of a ticket.
export default { add: "Add tags (comma between several)", addShort: "+ Tag", remove: "Remove the tag “{name}”", why: "What rules did" };
