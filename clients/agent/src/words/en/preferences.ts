// What somebody sets for herself.
export default {
  look: "Look and language",
};
