import { zh as invite } from "./invite.ts";

/** The words in 繁體中文 for inviting phones. */
export const zh = { invite };

export type InviteTexts = typeof zh;
