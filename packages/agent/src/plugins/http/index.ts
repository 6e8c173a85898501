export { connectHttp } from './http-connection.ts';
export type { HttpPorts, SendHttp } from './http-connection.ts';
export { readOpenapi } from './openapi-document.ts';
export { listHttpTools, readOperations } from './operation.ts';
export type { HttpOperations } from './operation.ts';
export type { HttpAnswer } from './answer.ts';
export type { HttpRequest } from './request.ts';
