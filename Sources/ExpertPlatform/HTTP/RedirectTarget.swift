internal import CLibcurl

/// Where a redirect leads.
package enum RedirectTarget {
  /// The URL that a `Location` header means in a reply to `url`, read by the parser that opens
  /// connections. Fragments are dropped.
  package static func url(
    of location: String, from url: String
  ) throws(HTTPTransferError) -> String {
    guard let handle = curl_url() else { throw .badURL(reason: "no memory to read it") }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK,
      curl_url_set(handle, CURLUPART_URL, location, 0) == CURLUE_OK
    else { throw .badURL(reason: "a redirect leads to no URL") }
    curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, CURLUPART_URL, &text, 0) == CURLUE_OK, let text else {
      throw .badURL(reason: "a redirect leads to no URL")
    }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
