import { zh as projectLater } from "./project-later.ts";

/** The words in 繁體中文 of a project's dialogs, its log, and its changes. */
export const zh = { projectLater };

export type LaterTexts = typeof zh;
