import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { screenNames } from "../../scripts/pictures/screens.ts";

const FOLDER = join(import.meta.dir, "../../docs/pictures");
/** A clone should stay small. */
const MAX_BYTES = 5_000_000;

const names = readdirSync(FOLDER);

test("the pictures of the editor have 5 MB at most in all", () => {
	const bytes = names.reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0);
	expect(bytes).toBeLessThan(MAX_BYTES);
});

test("each screen is there in both languages and themes at three widths", () => {
	const looks = ["en", "zh"].flatMap((language) =>
		["light", "dark"].flatMap((theme) =>
			["desk", "tablet", "phone"].map((device) => `${language}-${theme}-${device}.webp`),
		),
	);
	const wanted = screenNames().flatMap((screen) => looks.map((look) => `${screen}-${look}`));
	expect(names.toSorted()).toEqual(wanted.toSorted());
});
