// Owns the one table of errors: code, what happened, who can act, and the process exit code.
// Refuses codes made elsewhere: an error that is not in this table is a defect.

/** Who can do something about an error. */
export type ErrorActor = 'user' | 'operator' | 'developer';

/** One row of the error table. */
export interface ErrorEntry {
  /** One sentence; `{name}` is replaced by the detail of that name. */
  readonly message: string;
  /** What the actor can do, one sentence. */
  readonly remedy: string;
  readonly actor: ErrorActor;
  /** HTTP status when it leaves through a route (RFC 9110). */
  readonly status: number;
}

const user = (status: number, message: string, remedy: string): ErrorEntry => ({
  message,
  remedy,
  actor: 'user',
  status,
});
const operator = (status: number, message: string, remedy: string): ErrorEntry => ({
  message,
  remedy,
  actor: 'operator',
  status,
});
const developer = (status: number, message: string, remedy: string): ErrorEntry => ({
  message,
  remedy,
  actor: 'developer',
  status,
});

/** Every error the product can show. Codes are permanent: one may be retired, never reused. */
export const errorTable = {
  // input from a person or a client
  COMMAND_UNKNOWN: user(400, 'Unknown command "{command}".', 'Run `agent --help` for the list.'),
  OPTION_INVALID: user(400, 'Option {option}: {problem}.', 'Run the command with --help.'),
  INPUT_EMPTY: user(400, 'There is no message.', 'Type a message, or pipe one in.'),
  INPUT_TOO_LARGE: user(
    413,
    'The message is {bytes} bytes; at most {bytesMax} are accepted.',
    'Send less, or put it into a file and name the file.',
  ),
  INPUT_ENCODING: user(400, 'The input is not valid UTF-8.', 'Convert it to UTF-8 first.'),
  INPUT_INVALID: user(400, 'The request is not valid: {problem}.', 'Correct it and send it again.'),
  CONVERSATION_UNKNOWN: user(
    404,
    'There is no conversation "{conversation}".',
    'List them with `agent sessions`.',
  ),
  TURN_UNKNOWN: user(404, 'There is no turn "{turn}".', 'List turns with `agent sessions`.'),
  MESSAGE_DUPLICATE: user(
    409,
    'This message was accepted before.',
    'Send a new one with another message id.',
  ),
  IDEMPOTENCY_KEY_REUSED: user(
    422,
    'This `Idempotency-Key` belongs to another message.',
    'Send each message with a key of its own.',
  ),
  TURN_BUSY: user(
    409,
    'The conversation is still working on the last message.',
    'Wait for it, steer it, or cancel it.',
  ),
  TURN_CANCELLED: user(499, 'The turn was cancelled: {reason}.', 'Send the message again.'),
  APPROVAL_UNKNOWN: user(
    404,
    'There is no open question "{approval}".',
    'It was answered, has expired, or never existed.',
  ),
  UNAUTHORISED: user(401, 'The key is missing or wrong.', 'Send `Authorization: Bearer <key>`.'),
  ORIGIN_REFUSED: user(
    403,
    'Requests of web pages are accepted from this machine only.',
    'Open the page from localhost, or call from a program, which sends no `Origin`.',
  ),
  ROUTE_UNKNOWN: user(404, 'There is nothing at {route}.', 'See the reference for the routes.'),
  TERMINAL_MISSING: user(
    400,
    'This needs a terminal, and there is none.',
    'Run it in a terminal, or pass the message as an argument.',
  ),
  // configuration
  CONFIG_INVALID: user(
    400,
    '{file}:{line}: {key}: expected {expected}.',
    'Correct that line; `agent config` shows what is accepted.',
  ),
  CONFIG_UNREADABLE: user(400, 'The file {file} cannot be read: {problem}.', 'Check the file.'),
  RUNTIME_OLD: user(
    400,
    'Node {version} is too old; {versionMin} or newer is needed.',
    'Start through npm in the project, which brings its own.',
  ),
  // budgets
  BUDGET_STEPS: user(429, 'Stopped after {limit} steps.', 'Ask for a smaller step, or go on.'),
  BUDGET_TOKENS: user(429, 'Stopped after {limit} tokens.', 'Raise `budget.tokens`, or go on.'),
  BUDGET_SECONDS: user(429, 'Stopped after {limit} seconds.', 'Raise `budget.seconds`, or go on.'),
  BUDGET_MONEY: user(429, 'Stopped at a cost of {limit} USD.', 'Raise `budget.money`, or go on.'),
  BUDGET_LOOP: user(
    429,
    'Stopped: the same call to {tool} was repeated {count} times.',
    'Say it differently, or use another model.',
  ),
  // models
  MODEL_MISSING: user(
    503,
    'No language model is connected.',
    'Set OPENAI_API_KEY or ANTHROPIC_API_KEY, or start a local server such as Ollama. ' +
      'Reminders, tasks, calendar, notes, files, code and sums work without one.',
  ),
  MODEL_UNKNOWN: user(404, 'There is no model "{model}".', 'See `agent models`.'),
  MODEL_AUTHENTICATION: operator(502, '{model} refused the key.', 'Check the API key.'),
  MODEL_KEY_MISSING: operator(
    502,
    '{model} has no key: {problem}.',
    'Set the variable that holds its key, or choose another model with `agent init`.',
  ),
  MODEL_BILLING: operator(502, '{model} wants to be paid.', 'Check the account with the provider.'),
  MODEL_RATE_LIMITED: operator(503, '{model} is rate limited.', 'Wait, or add a fallback model.'),
  MODEL_OVERLOADED: operator(503, '{model} is overloaded.', 'Wait, or add a fallback model.'),
  MODEL_UNREACHABLE: operator(502, '{model} cannot be reached: {problem}.', 'Check the address.'),
  MODEL_SERVER: operator(502, '{model} failed: {problem}.', 'Try again, or use another model.'),
  MODEL_TIMEOUT: operator(504, '{model} did not answer within {seconds} s.', 'Try again.'),
  MODEL_REQUEST: operator(502, '{model} refused the request: {problem}.', 'Check the model name.'),
  MODEL_ANSWER: operator(502, '{model} sent a broken answer: {problem}.', 'Use another model.'),
  MODEL_TOO_LONG: operator(
    502,
    '{model} sent more than {bytesMax} bytes.',
    'Use another model, or lower the number of output tokens.',
  ),
  MODEL_CONTEXT: operator(
    413,
    'The request does not fit the context window of {model}.',
    'Use a model with a larger window.',
  ),
  MODEL_REFUSED: user(422, '{model} refused to answer.', 'Say it differently.'),
  MODEL_BREAKER: operator(
    503,
    '{model} failed repeatedly and is paused for {seconds} s.',
    'Wait, or add a fallback model.',
  ),
  // tools and plugins
  TOOL_UNKNOWN: developer(404, 'There is no tool "{tool}".', 'Search for one by what it does.'),
  TOOL_TAKEN: user(
    409,
    '{plugin} does not offer {tool}: {owner} has a tool of that name.',
    'Give the server another name in the configuration.',
  ),
  TOOL_ARGUMENTS: developer(422, 'The arguments of {tool} are wrong: {problem}.', 'Correct them.'),
  TOOL_TIMEOUT: operator(504, '{tool} did not end within {seconds} s.', 'Try a smaller piece.'),
  TOOL_OUTPUT_TOO_LARGE: operator(
    502,
    '{tool} returned {bytes} bytes; at most {bytesMax} are accepted.',
    'Ask for less.',
  ),
  TOOL_FAILED: developer(502, '{tool} failed: {problem}.', 'See the log of its plugin.'),
  TOOL_OUTCOME_UNKNOWN: user(
    502,
    'It is not known whether {tool} took effect.',
    'Check, then run it again or leave it.',
  ),
  POLICY_DENIED: user(403, '{tool} was not allowed ({rule}).', 'See `agent why`.'),
  POLICY_BYPASSED: developer(500, 'A tool was called without a permit.', 'Report this defect.'),
  PLUGIN_MANIFEST: developer(422, '{file}: {problem}.', 'Correct the manifest.'),
  PLUGIN_UNKNOWN: user(404, 'There is no plugin "{plugin}".', 'See `agent plugins`.'),
  PLUGIN_UNTRUSTED: user(
    403,
    'The server "{plugin}" is from a third party and runs outside a sandbox.',
    'Set `trust: true` (or pass --trust) if you trust it.',
  ),
  PLUGIN_START: operator(
    502,
    'The plugin {plugin} did not start: {problem}.',
    'Run `agent doctor`.',
  ),
  PLUGIN_LOGIN: operator(
    502,
    'The plugin {plugin} has no access to its server: {problem}.',
    'Use a token in a header, as a secret; there is no command to log in yet.',
  ),
  PLUGIN_SANDBOX: operator(
    503,
    'The plugin {plugin} is not started without its sandbox: {problem}.',
    'On Linux install bubblewrap and util-linux; `agent doctor` says what else is missing.',
  ),
  PLUGIN_CRASHED: developer(502, 'The plugin {plugin} stopped: {problem}.', 'See its log.'),
  PLUGIN_PAUSED: operator(
    503,
    'The plugin {plugin} is paused after repeated crashes.',
    'Wait some minutes, or run `agent doctor`.',
  ),
  PLUGIN_TREE: developer(
    422,
    'The plugin cannot be kept: {path}: {problem}.',
    'Correct that file.',
  ),
  PLUGIN_ALTERED: operator(
    409,
    'The code of {plugin} is not what was installed.',
    'Install it again with `agent plugin add`, after looking at who changed it.',
  ),
  PLUGIN_LOCKFILE: operator(
    500,
    'The list of plugins in {file} is damaged: {problem}.',
    'Bring it back from a backup, or move it away and add the plugins again.',
  ),
  PLUGIN_LIMIT: user(409, 'At most {limit} plugins can be installed.', 'Remove some first.'),
  PLUGIN_CONFLICT: user(409, '{plugin} does not fit: {problem}.', 'Change one of the two first.'),
  PLUGIN_CONSENT: user(
    403,
    '{plugin} asks for rights that nobody has allowed: {lines}.',
    'Add it in a terminal and read what it asks for, or pass --yes once you have.',
  ),
  PLUGIN_STATE: user(409, '{plugin}: {problem}.', 'See `agent plugin list`.'),
  PLUGIN_SOURCE: user(
    502,
    '{reference} cannot be had: {problem}.',
    'Check the name, then try again.',
  ),
  PLUGIN_SIGNATURE: user(
    403,
    '{reference}: {problem}.',
    'Find out why before you go on; ask its publisher.',
  ),
  PLUGIN_INDEX: operator(
    502,
    'The index of plugins at {registry} is refused: {problem}.',
    'Try again later; when it stays so, tell who keeps that registry.',
  ),
  // a plugin's way to the network
  EGRESS_REQUEST: developer(400, 'The proxy refused the request: {problem}.', 'Correct it.'),
  EGRESS_HOST_INVALID: developer(403, 'The host is not valid: {problem}.', 'Write it plainly.'),
  EGRESS_HOST: developer(
    403,
    'The plugin may not reach {host}: {problem}.',
    'Declare the host in `permissions.network` of the manifest.',
  ),
  EGRESS_ADDRESS: operator(
    403,
    'The plugin may not reach {host}: its address is not public ({kind}).',
    'Grant that address and port to the plugin, if it is meant to have it.',
  ),
  EGRESS_SECRET: developer(
    403,
    'The secret {secret} was not sent: {problem}.',
    'Declare the secret for this host, and use it in a header or a short body.',
  ),
  EGRESS_SECRET_MISSING: operator(
    502,
    'The secret {secret} cannot be used: {problem}.',
    'Set the secret of this plugin.',
  ),
  EGRESS_BUSY: developer(503, 'Too many {what} are open ({limit}).', 'Close some first.'),
  EGRESS_LIMIT: developer(502, '{what}: at most {bytesMax} bytes pass.', 'Ask for less.'),
  EGRESS_REDIRECT: developer(
    502,
    '{host} redirects, and this was not followed: {problem}.',
    'Call the place that it leads to, and declare its host.',
  ),
  EGRESS_UPSTREAM: user(502, '{host} could not be reached: {problem}.', 'Try again later.'),
  EGRESS_TIMEOUT: user(504, '{host} did not answer in time ({what}).', 'Try again later.'),
  SERVICE_UNKNOWN: developer(
    404,
    'No installed plugin provides the service "{service}".',
    'Install one that does.',
  ),
  // store
  STORE_LOCKED: user(
    409,
    'The data directory {directory} is in use by {holder}.',
    'Stop that process, or set OPENCOMPUTER_HOME to another folder.',
  ),
  STORE_UNREADABLE: user(
    500,
    'The data directory {directory} cannot be used: {problem}.',
    'Correct its owner and permissions.',
  ),
  STORE_DAMAGED: operator(
    500,
    'The database {file} is damaged: {problem}.',
    'Nothing was changed. Restore a backup, or move the file away to start afresh.',
  ),
  BACKUP_DAMAGED: operator(
    422,
    'The backup {file} cannot be used: {problem}.',
    'Nothing was changed. Use another one; `agent backup list` shows them.',
  ),
  BACKUP_PASSPHRASE: user(
    403,
    'The passphrase does not open {file}.',
    'Use the one that the backup was made with.',
  ),
  BACKUP_TARGET: user(
    409,
    'There are data in {directory} already.',
    'Restore with --replace, which keeps them beside, or set OPENCOMPUTER_HOME to another folder.',
  ),
  BACKUP_UNSUPPORTED: operator(
    501,
    'The data are in PostgreSQL, which this command does not back up.',
    'Use pg_dump for the database, and keep the file root.key of the data directory with it.',
  ),
  STORE_NEWER: operator(
    500,
    'The data in {directory} was written by a newer version.',
    'Use that version, or another data directory.',
  ),
  STORE_BUSY: operator(503, 'Too many writes are waiting ({limit}).', 'Try again shortly.'),
  STORE_FULL: operator(507, 'The disk is full.', 'Free some space; work resumes by itself.'),
  STORE_CONFLICT: developer(409, 'A write expected {expected}.', 'Report this defect.'),
  STORE_FAILED: operator(500, 'The database failed: {problem}.', 'Run `agent doctor`.'),
  PERSON_ERASED: user(410, 'The data of this person were erased.', 'They cannot come back.'),
  SEAL_BROKEN: operator(
    500,
    'Row {row} of {table} was altered and is not used.',
    'Restore a backup.',
  ),
  ROOT_KEY_WRONG: operator(
    500,
    'The key file {file} cannot be used: {problem}.',
    'Put back the key file that belongs to this data directory.',
  ),
  MIGRATION_CHANGED: developer(
    500,
    'Migration {migration} differs from the one applied.',
    'Migrations are never edited.',
  ),
  MIGRATION_FAILED: operator(
    500,
    'Migration {migration} failed: {problem}.',
    'Nothing was changed. Use the earlier version.',
  ),
  // a cluster
  ENGINE_MISSING: operator(
    500,
    'The package {package}, which `--engine temporal` needs, cannot be loaded: {problem}.',
    'Install it beside the agent: see the guide on clusters.',
  ),
  ENGINE_UNREACHABLE: operator(
    502,
    'The Temporal server at {address} cannot be used: {problem}.',
    'Check --temporal-address, the namespace, and that the server runs.',
  ),
  // channels
  CHANNEL_REFUSED: operator(
    502,
    'The channel {channel} did not take the reply: {problem}.',
    'It is tried again for some hours; see `agent pending`.',
  ),
  // the service itself
  SERVICE_STOPPING: user(503, 'The agent is stopping.', 'Try again in a few seconds.'),
  SERVICE_BUSY: user(503, 'Too many requests are waiting.', 'Try again shortly.'),
  SERVICE_UNREACHABLE: user(
    502,
    'The running agent does not answer: {problem}.',
    'Stop it and start again.',
  ),
  PORT_TAKEN: user(409, 'Port {port} is in use.', 'Choose another with --port.'),
  INTERNAL: developer(500, 'Something is wrong in the agent: {problem}.', 'Report this defect.'),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the error table. */
export type ErrorCode = keyof typeof errorTable;
