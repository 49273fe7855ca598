import { zh as crowd } from "./crowd.ts";

/** The words in 繁體中文 for blocks that stand for many devices. */
export const zh = { crowd };

export type CrowdTexts = typeof zh;
