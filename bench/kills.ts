// What 20 kills of a server on an external broker cost, as test/endurance/kills.test.ts counts it.
import { join } from "node:path";
import type { Finding } from "./finding.ts";

const KILLS = 20;

/** Runs that test, three minutes. */
export async function kills(): Promise<Finding> {
	const child = Bun.spawn(
		[process.execPath, "test", "test/endurance/kills.test.ts", "-t", "kills at"],
		{
			cwd: join(import.meta.dir, ".."),
			env: { ...process.env, IOTCTL_KILLS: String(KILLS) },
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	const [output] = await Promise.all([
		new Response(child.stdout).text(),
		new Response(child.stderr).text(),
	]);
	const said = /kills: (.*)/.exec(output)?.[1];
	const { missing, risk } =
		/(?<missing>\d+) missing, (?<risk>\d+) at risk/.exec(said ?? "")?.groups ?? {};
	return {
		what: `${KILLS} kills at 3,000 messages a second of QoS 1, on mosquitto`,
		measured: said ?? "failed",
		target: "nothing missing that was acknowledged and not at risk",
		isMet: (await child.exited) === 0 && Number(missing) <= Number(risk),
	};
}
