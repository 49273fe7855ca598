import { type Static, Type } from "@sinclair/typebox";
import { SeedFileSchema } from "../catalog/seed-file.ts";
import { checkPinned } from "./pinned.ts";
import { badRequest } from "./refusal.ts";

/** Entries of a kind; more is not what a project uses. */
const MAX_ENTRIES = 1000;

const lists = Type.Pick(SeedFileSchema, [
	"Unit",
	"Tag",
	"Function",
	"DeviceFeature",
	"DeviceModel",
]).properties;

/** What an exported project uses of the catalog, in the form of a seed file (`ccm-gui.md §10`). */
export const BundleSchema = Type.Object(lists);
export type Bundle = Static<typeof BundleSchema>;

/** Sources of the functions in a file that may have a bundle. */
export function sourcesIn(file: unknown): string[] {
	const bundle = typeof file === "object" && file !== null && "bundle" in file && file.bundle;
	if (typeof bundle !== "object" || bundle === null || !("Function" in bundle)) return [];
	const list: unknown[] = Array.isArray(bundle.Function) ? bundle.Function : [];
	return list.flatMap((fn) => {
		const code = typeof fn === "object" && fn !== null && "code" in fn ? fn.code : undefined;
		return typeof code === "string" ? [code] : [];
	});
}

/** @throws Refusal 400: a bundle has what could not be made otherwise. */
export function checkBundle(bundle: Bundle): void {
	for (const [kind, list] of Object.entries(bundle)) {
		if (list.length > MAX_ENTRIES) {
			badRequest(
				`Invalid format: the bundle has more than ${MAX_ENTRIES} entries of ${kind}`,
				"file",
			);
		}
	}
	for (const { fn_name, pinned = [] } of bundle.Function ?? []) {
		checkPinned(pinned);
		if (!/^\p{L}/u.test(fn_name)) {
			badRequest(
				`Invalid format: the name of Function "${fn_name}" should begin with a letter`,
				"file",
			);
		}
	}
}
