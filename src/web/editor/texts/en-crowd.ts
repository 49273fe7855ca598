import { en as crowd } from "./crowd.ts";
import type { CrowdTexts } from "./zh-crowd.ts";

export const en: CrowdTexts = { crowd };
