/** Letters and digits that are not mistaken for one another on paper. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 2;
const GROUP_LENGTH = 4;
/** Bytes from here on would make the first letters likelier. */
const FAIR = 256 - (256 % LETTERS.length);

/** Fills an array with random bytes, as `crypto.getRandomValues`. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

/** A password to be read from paper and typed once, such as `kq7m-3xwd`: 39 bits. */
export function drawPassword(
	random: RandomBytes = (bytes) => crypto.getRandomValues(bytes),
): string {
	return Array.from({ length: GROUPS }, () => drawGroup(random)).join("-");
}

function drawGroup(random: RandomBytes): string {
	let group = "";
	while (group.length < GROUP_LENGTH) {
		const [byte = FAIR] = random(new Uint8Array(1));
		if (byte < FAIR) group += LETTERS[byte % LETTERS.length];
	}
	return group;
}
