import { Value } from "@sinclair/typebox/value";
import { InputError } from "../../kit/mod.ts";
import { type SeedFile, SeedFileSchema } from "./seed-file.ts";

/** @param file Parsed JSON. @throws InputError with the place of what is wrong. */
export function checkSeedFile(file: unknown): SeedFile {
	if (Value.Check(SeedFileSchema, file)) {
		const odd = file.Function?.find(({ fn_name }) => !/^\p{L}/u.test(fn_name));
		if (odd === undefined) return file;
		throw new InputError(`/Function: the name "${odd.fn_name}" should begin with a letter`);
	}
	const { path = "", message = "" } = Value.Errors(SeedFileSchema, file).First() ?? {};
	throw new InputError(`${path || "/"} is invalid: ${message}`);
}
