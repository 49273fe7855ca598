import { en as projectLater } from "./project-later.ts";
import type { LaterTexts } from "./zh-later.ts";

/** The same in English. */
export const en: LaterTexts = { projectLater };
