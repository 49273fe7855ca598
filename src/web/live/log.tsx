import { More, useMore } from "./more.tsx";

const HIDDEN = new Set(["level", "time", "component", "room", "msg", "stack"]);

/** The newest lines of the server's log, newest first. */
export function Log({ lines }: { lines: readonly Readonly<Record<string, unknown>>[] }) {
	const more = useMore(lines.length);
	if (lines.length === 0) return <p class="empty">Nothing yet.</p>;
	return (
		<>
			<div class="log mono">
				{lines
					.toReversed()
					.slice(0, more.shown)
					.map((line, n) => (
						<div class={String(line.level)} key={lines.length - n}>
							{new Date(String(line.time)).toLocaleTimeString()} {String(line.level)}{" "}
							{String(line.component)}: {String(line.msg)}{" "}
							{Object.entries(line)
								.filter(([key]) => !HIDDEN.has(key))
								.map(
									([key, value]) =>
										`${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
								)
								.join(" ")}
						</div>
					))}
			</div>
			<More {...more} what="lines" />
		</>
	);
}
