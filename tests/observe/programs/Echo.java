import java.net.ServerSocket;
import java.net.Socket;

/** A thread for each client. */
public class Echo {
    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(9999);
        while (true) {
            Socket client = server.accept();
            new Thread(() -> serve(client)).start();
        }
    }

    static void serve(Socket client) {
        byte[] buffer = new byte[4096];
        try (client) {
            int length;
            while ((length = client.getInputStream().read(buffer)) > 0) {
                client.getOutputStream().write(buffer, 0, length);
            }
        } catch (java.io.IOException error) {
            error.printStackTrace();
        }
    }
}
