/** Whether a filter stands for more topics than one. */
export function hasWildcard(filter: string): boolean {
	return filter.includes("+") || filter.includes("#");
}

/** Whether a topic fits a subscription's filter with `+` and `#` (`MQTT 3.1.1 §4.7`). */
export function topicMatches(filter: string, topic: string): boolean {
	const wanted = filter.split("/");
	const levels = topic.split("/");
	// Wildcards do not reach topics of the broker itself.
	if (topic.startsWith("$") && (wanted[0] === "+" || wanted[0] === "#")) return false;
	for (const [index, level] of wanted.entries()) {
		if (level === "#") return true;
		if (index >= levels.length || (level !== "+" && level !== levels[index])) return false;
	}
	return wanted.length === levels.length;
}
