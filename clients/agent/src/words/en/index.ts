import type { Words } from "@/words/zh-CN";
import desk from "./desk";
import pages from "./pages";

const words: Words = { ...desk, ...pages };
export default words;
