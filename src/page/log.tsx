const HIDDEN = new Set(["level", "time", "room", "msg", "stack"]);

/** The newest lines of the server's log, newest first. */
export function Log({ lines }: { lines: readonly Readonly<Record<string, unknown>>[] }) {
	if (lines.length === 0) return <p class="empty">Nothing yet.</p>;
	return (
		<div class="log mono">
			{lines.toReversed().map((line, n) => (
				<div class={String(line.level)} key={lines.length - n}>
					{new Date(String(line.time)).toLocaleTimeString()} {String(line.level)}{" "}
					{String(line.room)}: {String(line.msg)}{" "}
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
	);
}
