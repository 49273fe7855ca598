import { expect, test } from "bun:test";
import { looksOld } from "../../../src/csm/v1/misplaced.ts";

const ID = "F3D4308C-7E21-5B1C-B3F3-AAF20B44A528";

test.each([
	["POST", "/C860008BD249", true],
	["POST", "/token/abc/C860008BD249", true],
	["PUT", "/M/Dummy_Sensor", true],
	["GET", "/M/Dummy_Control", true],
	["PUT", "/M", false],
	["GET", "/M", false],
	["POST", `/${ID}`, false],
	["GET", `/${ID}/f`, false],
	["POST", "/a/b/c", false],
	["POST", "/favicon.ico", false],
])("%s %s", (method, path, isOld) => expect(looksOld(method, path)).toBe(isOld));
