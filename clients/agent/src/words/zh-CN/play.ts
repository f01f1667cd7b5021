// Play: one ticket after the other.
export default {
  title: "连续处理",
  left: "还剩 {n} 个",
  skip: "跳过",
  leave: "结束",
  finished: "全部处理完了，共 {n} 个。",
  finishedSkipped: "处理了 {n} 个，跳过 {skipped} 个。",
};
