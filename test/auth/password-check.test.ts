import { expect, test } from "bun:test";
import { PasswordCheck } from "../../src/auth/password-check.ts";
import { hashPassword } from "../../src/auth/secrets.ts";

const always = () => true;

test("a password is that of its hash, or not; a name that is not there has none", async () => {
	const check = new PasswordCheck();
	const hash = await hashPassword("a long word");
	expect(await check.isRight("ann", "a long word", hash, always)).toBe(true);
	expect(await check.isRight("ann", "another word", hash, always)).toBe(false);
	expect(await check.isRight("ann", "a long word", undefined, always)).toBe(false);
});

test("what was right is right again without a check, until the hash changes", async () => {
	const check = new PasswordCheck();
	const hash = await hashPassword("a long word");
	const never = () => false;
	expect(await check.isRight("ann", "a long word", hash, never)).toBe("busy");
	await check.isRight("ann", "a long word", hash, always);
	expect(await check.isRight("ann", "a long word", hash, never)).toBe(true);
	expect(await check.isRight("bob", "a long word", hash, never)).toBe("busy");
	const other = await hashPassword("a long word");
	expect(await check.isRight("ann", "a long word", other, never)).toBe("busy");
});

test("four are checked at once and a hundred wait; further ones are turned away", async () => {
	const check = new PasswordCheck();
	const hash = await hashPassword("a long word");
	let asked = 0;
	const isRight = (name: string) =>
		check.isRight(name, "a long word", hash, () => {
			asked += 1;
			return asked <= 4;
		});
	const results = await Promise.all(Array.from({ length: 110 }, (_, n) => isRight(`n${n}`)));
	expect(asked).toBe(104);
	expect(results.filter((result) => result === true)).toHaveLength(4);
	expect(results.slice(104)).toEqual(Array(6).fill("busy"));
});
