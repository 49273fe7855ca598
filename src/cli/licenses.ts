import licensePath from "../../LICENSE" with { type: "file" };
import noticesPath from "../../THIRD_PARTY_NOTICES" with { type: "file" };
import { ConfigError, codeOf, messageOf } from "../kit/mod.ts";

/**
 * `iotctl licenses`: this program's license, and whose work is inside it under which. A reader that has seen
 * enough (`| head`) ends it quietly.
 * @throws ConfigError when they cannot be written.
 */
export async function licenses(): Promise<void> {
	const texts = await Promise.all([licensePath, noticesPath].map((path) => Bun.file(path).text()));
	try {
		await Bun.write(Bun.stdout, texts.join(`\n${"=".repeat(78)}\n\n`));
	} catch (error) {
		if (codeOf(error) === "EPIPE") return;
		throw new ConfigError(`Cannot print the licenses: ${messageOf(error)}`);
	}
}
