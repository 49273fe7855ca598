import { zh as shell } from "./shell.ts";

/** The words in 繁體中文 that every page needs. Those of screens are in `zh-*.ts` and come with what needs them. */
export const zh = { lang: "zh-Hant", shell };

export type PageTexts = typeof zh;
