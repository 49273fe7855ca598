import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { NotRunning } from "../running.ts";

const NameOrNull = Type.Union([Type.String(), Type.Null()]);
const End = Type.Object({
	do_id: Type.Integer(),
	dfo_id: Type.Integer(),
	functions: Type.Array(Type.String()),
});

/** A project as `GET /api/v0/project/<id>/outline` gives it. */
export const Outline = Type.Object({
	p_id: Type.Integer(),
	p_name: Type.String(),
	u_name: NameOrNull,
	status: Type.String(),
	objects: Type.Array(
		Type.Object({
			do_id: Type.Integer(),
			dm_name: Type.String(),
			seats: Type.Union([Type.Integer(), Type.Null()]),
			devices: Type.Array(
				Type.Object({ mac_addr: Type.String(), d_name: NameOrNull, status: Type.String() }),
			),
			features: Type.Array(
				Type.Object({ dfo_id: Type.Integer(), df_name: Type.String(), alias_name: Type.String() }),
			),
		}),
	),
	joins: Type.Array(
		Type.Object({
			na_id: Type.Integer(),
			na_name: Type.String(),
			function: NameOrNull,
			inputs: Type.Array(End),
			outputs: Type.Array(End),
		}),
	),
});
export type Outline = Static<typeof Outline>;

interface Asked {
	ask(method: string, path: string): Promise<Readonly<Record<string, unknown>>>;
}

/** @throws NotRunning when the server is of another version; ConfigError when it refuses. */
export async function readOutline(
	server: Asked,
	{ p_id }: { readonly p_id: number },
): Promise<Outline> {
	const { data } = await server.ask("GET", `/api/v0/project/${p_id}/outline`);
	if (Value.Check(Outline, data)) return data;
	throw new NotRunning("the running server is not an iotctl of this version", 4);
}
