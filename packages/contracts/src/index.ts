export type { Json, JsonObject, JsonSchema } from './json.ts';
export type { Clock, IdentifierSource } from './clock.ts';
export { errorTable } from './errors.ts';
export type { ErrorActor, ErrorCode, ErrorEntry } from './errors.ts';
export { AgentError, fromErrorData, isAgentError, toErrorData } from './agent-error.ts';
export type { ErrorData, ErrorDetails } from './agent-error.ts';
export type { AgentEvent, EventSubject } from './event.ts';
export type { AssistantPart, CallState, CallStatus, CandidateScore, Command } from './turn.ts';
export type {
  Expectation,
  FinishReason,
  Message,
  OutcomeDecision,
  Plan,
  TurnBudget,
  TurnInput,
} from './turn.ts';
export type { TurnProgress, TurnReply, TurnState, TurnStatus, Usage } from './turn.ts';
export { toolDeclaration, toolEffect, toolName, toolReach } from './tool.ts';
export type { TimerChange, ToolCall, ToolDeclaration, ToolEffect, ToolOutcome } from './tool.ts';
export type { ToolReach } from './tool.ts';
export { intentDeclaration, slotDeclaration, slotType } from './intent-declaration.ts';
export type { IntentDeclaration, SlotDeclaration, SlotType } from './intent-declaration.ts';
export { serviceDeclaration, serviceRequirement } from './service.ts';
export type { ServiceDeclaration, ServiceRequirement } from './service.ts';
export { filePermissions, permissions, resources, secretRequirement } from './permissions.ts';
export type { FilePermissions, Permissions, Resources, SecretRequirement } from './permissions.ts';
export { manifest, pluginRuntime } from './manifest.ts';
export type { Manifest, PluginRuntime } from './manifest.ts';
export type { CallContext, PluginStorage, ToolHandler } from './plugin.ts';
export type { IntentResult, IntentScore, SlotValue } from './intent.ts';
export type { Channel, InboundMessage, OutboundReply, SenderAssurance } from './channel.ts';
export type { Provider } from './provider.ts';
export type { ForgetSelector, Memory, MemoryItem, MemoryTrust, Recalled } from './memory.ts';
export type { RecallBudget } from './memory.ts';
export type { Grant, Origin, PluginTier, Policy, PolicyDecision, PolicyRequest } from './policy.ts';
export type { StreamPart } from './stream.ts';
export { configuration, modelConfiguration, pluginConfiguration } from './configuration.ts';
export type { Configuration, ModelConfiguration, PluginConfiguration } from './configuration.ts';
