export default {
  none: "Nobody has mentioned you yet",
  noneHint: "When a colleague writes @ and your name in a note, it shows up here.",
  all: "Mark all as read",
  team: "mentioned {name}",
  unread: "unread",
  more: "Load more",
};
