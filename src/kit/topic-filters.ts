/** Whether a filter stands for more topics than one. */
export function hasWildcard(filter: string): boolean {
	return filter.includes("+") || filter.includes("#");
}

/** Whether a message may be published to it (`MQTT 3.1.1 §3.3.2.1`, `§4.7.3`). */
export function isTopic(topic: string): boolean {
	return topic !== "" && !hasWildcard(topic) && !topic.includes("\0");
}

/** Whether it may be subscribed to (`MQTT 3.1.1 §4.7.1`, `§4.7.3`): a wildcard is alone in its level, `#` the last one. */
export function isFilter(filter: string): boolean {
	if (filter === "" || filter.includes("\0")) return false;
	if (!hasWildcard(filter)) return true;
	const levels = filter.split("/");
	return levels.every((level, n) => {
		if (level === "#") return n === levels.length - 1;
		return level === "+" || !hasWildcard(level);
	});
}

/** Whether a topic matches a filter with `+` and `#` (`MQTT 3.1.1 §4.7`). */
export function topicMatches(filter: string, topic: string): boolean {
	return coversFilter(filter, topic);
}

/**
 * Whether every topic that matches one filter matches another one too: `a/#` covers `a/+/b`, `a/+` does not cover
 * `a/#`. Wildcards do not reach topics of the broker itself, which begin with `$`.
 * @param filter The wider one.
 * @param narrower A topic is the filter of itself.
 */
export function coversFilter(filter: string, narrower: string): boolean {
	if (filter === narrower) return true;
	const wanted = filter.split("/");
	const levels = narrower.split("/");
	if (narrower.startsWith("$") && (wanted[0] === "+" || wanted[0] === "#")) return false;
	for (const [index, level] of wanted.entries()) {
		if (level === "#") return true;
		const other = levels[index];
		if (other === undefined || other === "#") return false;
		if (level !== "+" && level !== other) return false;
	}
	return wanted.length === levels.length;
}
