// What somebody sets for herself.
export default {
  look: "外观与语言",
};
