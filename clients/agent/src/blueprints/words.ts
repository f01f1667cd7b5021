// Loads a page of an editor with the words of the frame and of conditions.
import { withWords } from "@/kit/words";

export const designing = <T>(load: () => Promise<T>): Promise<T> => withWords("blueprints", () => withWords("views", load));
