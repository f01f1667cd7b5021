// zh-CN is the first language; the others must have exactly these keys (checked by the types and by a test).
import desk from "./desk";
import pages from "./pages";

const words = { ...desk, ...pages };
export type Words = typeof words;
export default words;
