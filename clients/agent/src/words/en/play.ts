// Play: one ticket after the other.
export default {
  title: "Play",
  left: "{n} left",
  skip: "Skip",
  leave: "Leave",
  finished: "All done: {n}.",
  finishedSkipped: "{n} done, {skipped} skipped.",
};
