import { zh as code } from "./code.ts";
import { zh as problems } from "./problems.ts";

/** The words in 繁體中文 of the code editor, which are loaded with it. */
export const zh = { code, problems };

export type CodeTexts = typeof zh;
