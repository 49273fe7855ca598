export { groupOf } from "./address-group.ts";
export { type Cancel, type Clock, pause, systemClock } from "./clock.ts";
export { count } from "./count.ts";
export { digestOfSource } from "./digest.ts";
export {
	ConfigError,
	codeOf,
	DamageError,
	DeniedError,
	ElsewhereError,
	InputError,
	InvariantError,
	ListenError,
	messageOf,
	reasonOf,
	SourceError,
	StorageError,
} from "./errors.ts";
export { FileLock, LockedError } from "./file-lock.ts";
export { growingPauseMs } from "./growing-pause.ts";
export {
	isJson,
	isJsonObject,
	MAX_DATA_NESTING,
	MAX_NESTING,
	nestsTooDeep,
	parseExact,
	parsePythonJson,
	withoutLoneSurrogates,
	withoutNonFinite,
	withPlainNumbers,
} from "./json.ts";
export { KeyedQueue } from "./keyed-queue.ts";
export { openLibc } from "./libc.ts";
export { LimitedQuestions } from "./limited-questions.ts";
export { localTime } from "./local-time.ts";
export { createLogger, type Log, type Logger, type LogLevel, type LogLevels } from "./log.ts";
export type { LineSink } from "./log-sink.ts";
export type { HistogramCounts, Metric } from "./metric.ts";
export {
	keepPrivate,
	looseEntries,
	looseFiles,
	makePrivateDirectory,
	makePrivateFile,
	readableByAll,
	tighten,
} from "./private-files.ts";
export { pythonText } from "./python-text.ts";
export { selfCommand } from "./self-command.ts";
export { Semaphore } from "./semaphore.ts";
export { SyncPromise } from "./sync-promise.ts";
export { visible, visibleLines } from "./terminal-text.ts";
export { readTextFile } from "./text-file.ts";
export { LONGEST_TIMEOUT_MS } from "./timers.ts";
export { TokenBucket } from "./token-bucket.ts";
export { coversFilter, hasWildcard, isFilter, isTopic, topicMatches } from "./topic-filters.ts";
export { isUuid, UUID_PATTERN } from "./uuid.ts";
export { VERSION } from "./version.ts";
