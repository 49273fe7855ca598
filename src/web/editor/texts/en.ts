import { en as shell } from "./shell.ts";
import type { PageTexts } from "./zh.ts";

/** The same in English. */
export const en: PageTexts = { lang: "en", shell };
