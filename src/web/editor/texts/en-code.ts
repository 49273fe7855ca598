import { en as code } from "./code.ts";
import { en as problems } from "./problems.ts";
import type { CodeTexts } from "./zh-code.ts";

/** The same in English. */
export const en: CodeTexts = { code, problems };
