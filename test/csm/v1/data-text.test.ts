import { expect, test } from "bun:test";
import { fieldText } from "../../../src/csm/v1/data-text.ts";

test.each([
	['{"data":[1]}', "[1]"],
	['{ "x" : {"data":[2]}, "data" : [ 1.0, 1e5,"\\u00e9" ] , "y":1}', '[ 1.0, 1e5,"\\u00e9" ]'],
	['{"data":[1],"data":[2]}', "[2]"],
	['{"\\u0064ata":[3]}', "[3]"],
	['{"a":"},\\"data\\":[1]","data":[["]"],{"k":":,"}]}', '[["]"],{"k":":,"}]'],
	['{"data":5}', "5"],
	['{"datum":[1],"b":{"data":1}}', undefined],
	["{}", undefined],
])("of %s the field data is as it was written", (text, wanted) => {
	expect(fieldText(text, "data")).toBe(wanted);
});
