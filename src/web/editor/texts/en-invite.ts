import { en as invite } from "./invite.ts";
import type { InviteTexts } from "./zh-invite.ts";

/** The same in English. */
export const en: InviteTexts = { invite };
