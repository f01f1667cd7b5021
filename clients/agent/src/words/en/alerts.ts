// What a tone or a notice of the operating system tells.
export default {
  chat: "New live chat",
  ticket: "New ticket for you",
  message: "New message from a player",
  mention: "A colleague mentioned you",
  late: "Answer is late",
};
