// Live chats side by side.
export default {
  title: "Live chats",
  strip: "My live chats",
  answered: "Answered, waiting for the player",
  left: "{time} left to answer",
  lateBy: "Answer late by {time}",
  typing: "typing…",
  none: "No live chats now",
  noneHint: "While you are online, new chats are given to you and appear here.",
  column: "Chat with {name}",
  columns: "Side by side",
  columnsN: "{n} chats side by side",
};
