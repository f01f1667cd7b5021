// What is said when a new password is refused: why this password, else why at all.
import { Refused } from "@/api/client";
import { wordsFor } from "@/kit/notices";

export const againstPassword = (error: unknown): string => (error instanceof Refused ? (error.fields.password ?? error.message) : wordsFor(error));
