import { once } from 'node:events';
import { connect } from 'node:net';

/** What a server answers to bytes, until it closes the connection; `more` may send further ones. */
export async function exchangeBytes(
  url: string,
  bytes: string | Buffer,
  more: (write: (bytes: string) => void) => Promise<void> = async () => {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString()));
  // a server that closes while we still send is part of the game
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(bytes);
  await more((chunk) => void socket.write(chunk));
  await closed;
  return received;
}
