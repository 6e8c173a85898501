export { connectGrpc } from './grpc-connection.ts';
export type { GrpcAddress, GrpcPluginConnection, GrpcPorts } from './grpc-connection.ts';
export type { PluginDescription } from './messages.ts';
export { PLUGIN_SOCKET_VARIABLE } from './plugin-socket.ts';
