import { badRequest } from "../projects/refusal.ts";

/** Longest nickname, characters. */
export const MAX_NICKNAME = 64;
/** Control characters, and those that turn the direction of what stands beside a name. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A nickname as it is kept: without control characters, with single spaces.
 * @throws Refusal 400: it is too long.
 */
export function plainNickname(text: string): string {
	const plain = text.normalize("NFC").replaceAll(UNSEEN, " ").replaceAll(/\s+/gu, " ").trim();
	if ([...plain].length > MAX_NICKNAME) {
		badRequest(`the name is too long: at most ${MAX_NICKNAME} characters`, "nickname");
	}
	return plain;
}
