import { makeHashedPage } from "../hashed-files.ts";

/** Makes `build/phone`: what is at `/da/Smartphone` and its sisters, and what a member of a class sees. */
export async function makePhone(): Promise<void> {
	await makeHashedPage({
		...{ from: import.meta.dir, to: "phone", entry: "phone-", place: "./assets/" },
	});
}
