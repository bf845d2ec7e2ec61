"""subprocess, sockets, select, asyncio."""
import asyncio
import os
import select
import socket
import subprocess
import sys
import threading

print(subprocess.run(['echo', 'x'], capture_output=True, text=True))
print(subprocess.check_output('echo $((1+2)); exit 0', shell=True))
try:
    subprocess.run(['nonexistent_command'])
except FileNotFoundError as problem:
    print(problem)
try:
    subprocess.run('exit 4', shell=True, check=True)
except subprocess.CalledProcessError as problem:
    print(problem)
try:
    subprocess.run(['sleep', '5'], timeout=0.05)
except subprocess.TimeoutExpired as problem:
    print(type(problem).__name__, problem.timeout)
with subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
    print(process.communicate(b'data'), process.returncode)
print(subprocess.run(['pwd'], cwd='/', env={'PATH': os.environ['PATH']}, capture_output=True).stdout)

one, other = socket.socketpair()
one.sendall(b'xyz')
print(other.recv(10), select.select([other], [one], [], 0)[1] == [one], one.family == socket.AF_UNIX)
one.close()
print(other.recv(1), select.select([other], [], [], 0)[0] == [other])
other.close()
with socket.create_server(('127.0.0.1', 0)) as server:
    port = server.getsockname()[1]

    def serve():
        connection, address = server.accept()
        with connection:
            connection.sendall(connection.recv(100).upper())

    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection(('127.0.0.1', port)) as client:
        client.sendall(b'hello')
        print(client.recv(100), client.getpeername()[0])
    thread.join()
    server.settimeout(0.01)
    try:
        server.accept()
    except TimeoutError as problem:
        print(problem)
poll = select.poll()
reading, writing = os.pipe()
poll.register(reading, select.POLLIN)
print(poll.poll(0))
os.write(writing, b'!')
print(poll.poll(0) == [(reading, select.POLLIN)])
with select.epoll() as epoll:
    epoll.register(reading, select.EPOLLIN)
    print(epoll.poll(0.1) == [(reading, select.EPOLLIN)])
print(socket.inet_aton('1.2.3.4'), socket.inet_ntop(socket.AF_INET6, bytes(15) + b'\1'), socket.htons(1))


async def value(n, seconds):
    await asyncio.sleep(seconds)
    return n


async def main():
    print(await asyncio.gather(*(value(i, 0.001 * i) for i in range(4))))
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except TimeoutError:
        print('timeout')

    async def handle(reader, writer):
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b'hello\n')
    print(await reader.read())
    writer.close()
    server.close()
    process = await asyncio.create_subprocess_exec('echo', 'hi', stdout=asyncio.subprocess.PIPE)
    print((await process.communicate())[0], process.returncode)
    print(await asyncio.to_thread(sum, [1, 2]))


asyncio.run(main())
print(exit, quit)
sys.exit(0)
